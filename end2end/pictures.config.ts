import { defineConfig } from "@playwright/test";
import stories from "./playwright.config";

// Takes pictures instead of telling stories.
export default defineConfig(stories, { testMatch: "pictures.ts" });
