import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme";
import BackpressureDemo from "./demo/BackpressureDemo.vue";
import "./style.css";

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => void app.component("BackpressureDemo", BackpressureDemo),
} satisfies Theme;
