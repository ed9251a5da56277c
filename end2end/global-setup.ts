import { useServer } from "../scripts/server.mjs";

/** Starts the server for all stories; what it returns stops it and deletes its data. */
export default async function start() {
  const server = await useServer({ people: 400 });
  process.env.KVARTEN_STORY_URL = server.url;
  process.env.KVARTEN_STORY_ACCOUNTS = JSON.stringify(server.accounts);
  return async () => {
    await server.stop();
    const faults = server.log().match(/.*(panicked at|ERROR).*/g);
    if (faults) throw new Error(`the server's log has faults:\n${faults.join("\n")}`);
  };
}
