import { useServer } from "../scripts/server.mjs";

/** People who have never learned anything, one for each walk through a lesson. */
const newcomers = 24;

/** Starts the server for all stories; what it returns stops it and deletes its data. */
export default async function start() {
  const server = await useServer({ people: 400 });
  process.env.KVARTEN_STORY_URL = server.url;
  process.env.KVARTEN_STORY_DATA = server.data;
  process.env.KVARTEN_STORY_ACCOUNTS = JSON.stringify(server.accounts);
  for (let number = 1; number <= newcomers; number += 1) {
    const who = ["--employee-number", `9${number}`, "--given-name", "Ny", "--family-name", `Berg${number}`];
    const where = ["--unit", "Havsblick", "--profession", "underskoterska"];
    await server.command(["person", "create", ...who, ...where, "--stdin"], "kaffe och bulle i solen\n");
  }
  return async () => {
    await server.stop();
    const faults = server.log().match(/.*(panicked at|ERROR).*/g);
    if (faults) throw new Error(`the server's log has faults:\n${faults.join("\n")}`);
  };
}
