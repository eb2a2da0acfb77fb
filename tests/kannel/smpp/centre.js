// A message centre for the tests of Kannel: speaks SMPP on loopback, obeys JSON lines.
//
// In: {"from", "to", "text", "op"?, "its"?, "wide"?} is brought to the link of its kind.
// Out: {"listens": port}, {"bound": system_type}, and each text or screen taken (submit_sm).
// A text is answered with a receipt if one was asked for: numbers that end in 9 are never reached.
const readline = require("readline");
const smpp = require("smpp");

const DELIVERED = 1;
const RECEIPT = 4;
const UCS2 = 8;
let bound = [];
let taken = 0;

function say(what) {
  process.stdout.write(JSON.stringify(what) + "\n");
}

function report(session, pdu, id) {
  const lost = pdu.destination_addr.endsWith("9");
  const end = lost ? "stat:UNDELIV err:027" : "stat:DELIVRD err:000";
  const dates = "submit date:2611212355 done date:2611212356";
  session.deliver_sm({
    esm_class: RECEIPT,
    source_addr: pdu.destination_addr,
    destination_addr: pdu.source_addr,
    short_message: `id:${id} sub:001 dlvrd:001 ${dates} ${end} text:mots`,
    receipted_message_id: id,
  });
}

function take(session, pdu) {
  const id = String(1000 + ++taken);
  session.send(pdu.response({ message_id: id }));
  const raw = pdu.short_message.message;
  say({
    from: pdu.source_addr,
    to: pdu.destination_addr,
    service: pdu.service_type,
    coding: pdu.data_coding,
    text: typeof raw === "string" ? raw : raw.toString("hex"),
    op: pdu.ussd_service_op,
    its: pdu.its_session_info && pdu.its_session_info.toString("hex"),
  });
  if (pdu.registered_delivery & DELIVERED) {
    report(session, pdu, id);
  }
}

function bring(order) {
  const pdu = {
    service_type: order.op === undefined ? "" : "USSD",
    source_addr: order.from,
    source_addr_ton: 1,
    destination_addr: order.to,
    short_message: order.wide ? Buffer.from(order.text, "utf16le").swap16() : order.text,
  };
  if (order.wide) {
    pdu.data_coding = UCS2;
  }
  if (order.op !== undefined) {
    pdu.ussd_service_op = order.op;
  }
  if (order.its) {
    pdu.its_session_info = Buffer.from(order.its, "hex");
  }
  const link = order.op === undefined ? "" : "USSD";
  bound.filter((one) => one.link === link).forEach((one) => one.session.deliver_sm(pdu));
}

const server = smpp.createServer((session) => {
  session.on("bind_transceiver", (pdu) => {
    session.send(pdu.response());
    bound.push({ session, link: pdu.system_type });
    say({ bound: pdu.system_type });
  });
  session.on("submit_sm", (pdu) => take(session, pdu));
  session.on("enquire_link", (pdu) => session.send(pdu.response()));
  session.on("unbind", (pdu) => {
    session.send(pdu.response());
    session.close();
  });
  session.on("close", () => {
    bound = bound.filter((one) => one.session !== session);
  });
  session.on("error", () => session.destroy());
});

server.listen(0, "127.0.0.1", () => say({ listens: server.address().port }));
const orders = readline.createInterface({ input: process.stdin });
orders.on("line", (line) => bring(JSON.parse(line)));
orders.on("close", () => process.exit(0));
