/** The command line or the configuration makes no sense. The message names what is wrong, and is for people. */
export class ConfigError extends Error {}
