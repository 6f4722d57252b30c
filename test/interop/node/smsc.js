'use strict';
// A message centre built on node-smpp. It prints "listening <port>", then one line of JSON for each thing that happens.
// The last two digits of the number say what to do; ../README.md has the table.
const smpp = require('smpp');

const decimalReceipts = process.argv[2] === 'decimal';
const say = (what) => console.log(JSON.stringify(what));
let lastID = 0x3d36a154;
let throttled = 0;
let silent = 0;
let receiver = null; // the link that receipts and texts go over, when it is another than that of the submit

function receipt(session, submit, id, stat, state, err) {
  const shown = decimalReceipts ? String(id) : id.toString(16).toUpperCase();
  (receiver || session).deliver_sm({
    source_addr_ton: 1, source_addr_npi: 1, source_addr: submit.destination_addr,
    destination_addr: submit.source_addr,
    esm_class: smpp.ESM_CLASS.MC_DELIVERY_RECEIPT,
    short_message: `id:${shown} sub:001 dlvrd:001 submit date:2611222100 done date:2611222101 stat:${stat} err:${err} Text:`,
    receipted_message_id: shown,
    message_state: state,
    network_error_code: Buffer.from([3, 0, Number(err)]),
  }, (answer) => say({ event: 'receipt', status: answer.command_status }));
}

function submit(session, pdu) {
  const number = pdu.destination_addr;
  say({ event: 'submit', to: number, from: pdu.source_addr, text: pdu.short_message.message, udh: !!pdu.short_message.udh,
    coding: pdu.data_coding, validity: String(pdu.validity_period && pdu.validity_period.toISOString
      ? Math.round((pdu.validity_period - Date.now()) / 1000) : pdu.validity_period) });
  const id = ++lastID;
  const accept = () => session.send(pdu.response({ message_id: id.toString(16) }));
  switch (number.slice(-2)) {
    case '01': accept(); receipt(session, pdu, id, 'DELIVRD', 2, '000'); break;
    case '02': session.send(pdu.response({ command_status: smpp.ESME_RINVDSTADR })); break;
    case '03':
      if (throttled++ < 2) session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
      else accept();
      break;
    case '04': receipt(session, pdu, id, 'DELIVRD', 2, '000'); accept(); break;
    case '05': if (++silent === 5) session.socket.destroy(); break;
    case '07': accept(); receipt(session, pdu, id, 'UNDELIV', 5, '069'); break;
    case '08':
      accept();
      (receiver || session).deliver_sm({ source_addr_ton: 1, source_addr_npi: 1, source_addr: number, destination_addr: '8080', short_message: 'STOP' },
        (answer) => say({ event: 'inbound', status: answer.command_status }));
      break;
    default: accept();
  }
}

const server = smpp.createServer({}, (session) => {
  session.on('error', () => {});
  const bind = (pdu) => {
    if (pdu.password !== 'secret') {
      session.send(pdu.response({ command_status: smpp.ESME_RINVPASWD }));
      session.close();
      return;
    }
    say({ event: 'bind', system: pdu.system_id, version: pdu.interface_version });
    if (pdu.command === 'bind_receiver') receiver = session;
    session.send(pdu.response({ system_id: 'node' }));
    session.enquire_link({}, (answer) => say({ event: 'enquire_link', status: answer.command_status }));
  };
  session.on('bind_transceiver', bind);
  session.on('bind_transmitter', bind);
  session.on('bind_receiver', bind);
  session.on('submit_sm', (pdu) => submit(session, pdu));
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => {
    say({ event: 'unbind' });
    session.send(pdu.response());
    session.close();
  });
});
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
