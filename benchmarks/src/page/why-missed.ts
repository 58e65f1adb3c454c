/** By the text of a goal: what profiles show to stand in its way, on the machine of the published figures. */
export const WHY_MISSED: Readonly<Record<string, string>> = {};
