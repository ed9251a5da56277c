// A mail server for tests: takes mail on a free port of this machine and prints, a line of JSON each,
// first { port }, then every mail that it took, with its headers and both of its bodies.
//
// It wants the name `kvarten` and the password `hemligt` where it is asked for any. Whom it refuses:
// addresses that begin with `finns-inte` for good; with `upptaget` the first two times.
import process from "node:process";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const tries = new Map();

function refusal(text, responseCode) {
  return Object.assign(new Error(text), { responseCode });
}

const server = new SMTPServer({
  authOptional: true,
  allowInsecureAuth: true,
  disabledCommands: ["STARTTLS"],
  onAuth({ username, password }, _session, answer) {
    const fits = username === "kvarten" && password === "hemligt";
    answer(fits ? null : refusal("Authentication failed", 535), { user: username });
  },
  onRcptTo({ address }, _session, answer) {
    const times = (tries.get(address) ?? 0) + 1;
    tries.set(address, times);
    if (address.startsWith("finns-inte")) return answer(refusal("No such user", 550));
    if (address.startsWith("upptaget") && times <= 2) return answer(refusal("Try later", 451));
    return answer();
  },
  async onData(stream, { envelope }, answer) {
    const mail = await simpleParser(stream);
    const header = (name) => mail.headerLines.find((line) => line.key === name)?.line ?? "";
    print({
      from: envelope.mailFrom.address,
      to: envelope.rcptTo.map((to) => to.address),
      sender: mail.from?.text,
      subject: mail.subject,
      id: mail.messageId,
      unsubscribe: header("list-unsubscribe"),
      oneClick: header("list-unsubscribe-post"),
      automatic: header("auto-submitted"),
      text: mail.text,
      html: mail.html,
    });
    answer();
  },
});

server.on("error", (error) => process.stderr.write(`${error.message}\n`));
server.listen(0, "127.0.0.1", () => print({ port: server.server.address().port }));
// Whoever started it has gone.
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
