import com.cloudhopper.commons.charset.CharsetUtil;
import com.cloudhopper.commons.gsm.GsmUtil;
import com.cloudhopper.smpp.*;
import com.cloudhopper.smpp.impl.*;
import com.cloudhopper.smpp.pdu.*;
import com.cloudhopper.smpp.tlv.Tlv;
import com.cloudhopper.smpp.type.*;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.*;

// A message centre built on Cloudhopper. It prints "listening <port>", then one line of JSON for each thing that happens.
// The last two digits of the number say what to do; ../README.md has the table.
public class Centre implements SmppServerHandler {
    private static boolean decimalReceipts;
    private static int lastId = 0x3d36a154, throttled, silent;

    public static void main(String[] args) throws Exception {
        decimalReceipts = args.length > 0 && args[0].equals("decimal");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        SmppServerConfiguration c = new SmppServerConfiguration();
        c.setHost("127.0.0.1");
        c.setPort(port);
        c.setSystemId("java");
        c.setDefaultWindowSize(100);
        new DefaultSmppServer(c, new Centre()).start();
        System.out.println("listening " + port);
    }

    // say prints names and values in turn.
    static synchronized void say(Object... what) {
        StringJoiner out = new StringJoiner(",", "{", "}");
        for (int i = 0; i < what.length; i += 2) {
            String value = String.valueOf(what[i + 1]);
            if (!(what[i + 1] instanceof Integer)) {
                StringBuilder quoted = new StringBuilder();
                value.chars().forEach(u -> quoted.append(u < 0x20 || u > 0x7e || u == '"' || u == '\\'
                        ? String.format("\\u%04x", u) : String.valueOf((char) u)));
                value = "\"" + quoted + "\"";
            }
            out.add("\"" + what[i] + "\":" + value);
        }
        System.out.println(out);
        System.out.flush();
    }

    @Override
    public void sessionBindRequested(Long id, SmppSessionConfiguration c, BaseBind bind) throws SmppProcessingException {
        if (!bind.getPassword().equals("secret")) {
            throw new SmppProcessingException(SmppConstants.STATUS_INVPASWD);
        }
        say("event", "bind", "system", bind.getSystemId(), "version", (int) bind.getInterfaceVersion());
    }

    @Override
    public void sessionCreated(Long id, SmppServerSession session, BaseBindResp answer) {
        Link link = new Link(session);
        session.serverReady(link);
        link.turn.execute(() -> link.ask(new EnquireLink()));
    }

    @Override
    public void sessionDestroyed(Long id, SmppServerSession session) {
        session.destroy();
    }

    // Link is one session. Netty's thread must not wait for a write, so all answers are sent in turn by another thread.
    static class Link extends DefaultSmppSessionHandler {
        final SmppServerSession session;
        final ExecutorService turn = Executors.newSingleThreadExecutor(r -> {
            Thread t = new Thread(r);
            t.setDaemon(true);
            return t;
        });

        Link(SmppServerSession session) { this.session = session; }

        @Override
        public PduResponse firePduRequestReceived(PduRequest request) {
            turn.execute(() -> {
                try {
                    handle(request);
                } catch (Exception e) {
                    say("event", "problem", "text", e.toString());
                }
            });
            return null;
        }

        @Override
        public void fireExpectedPduResponseReceived(PduAsyncResponse answer) {
            String asked = answer.getRequest() instanceof EnquireLink ? "enquire_link"
                    : ((DeliverSm) answer.getRequest()).getEsmClass() == 0x04 ? "receipt" : "inbound";
            say("event", asked, "status", answer.getResponse().getCommandStatus());
        }

        void ask(PduRequest request) {
            try {
                session.sendRequestPdu(request, 10_000, false);
            } catch (Exception e) {
                say("event", "problem", "text", e.toString());
            }
        }

        void handle(PduRequest request) throws Exception {
            if (request instanceof SubmitSm) {
                submit((SubmitSm) request);
                return;
            }
            session.sendResponsePdu(request.createResponse());
            if (request instanceof Unbind) {
                say("event", "unbind");
                session.close();
            }
        }

        void submit(SubmitSm pdu) throws Exception {
            String number = pdu.getDestAddress().getAddress();
            show(pdu, number);
            int id = ++lastId;
            SubmitSmResp answer = pdu.createResponse();
            answer.setMessageId(Integer.toHexString(id));
            String kind = number.substring(number.length() - 2);
            if (kind.equals("02")) {
                answer.setCommandStatus(SmppConstants.STATUS_INVDSTADR);
            } else if (kind.equals("03") && throttled++ < 2) {
                answer.setCommandStatus(SmppConstants.STATUS_THROTTLED);
            } else if (kind.equals("04")) {
                receipt(pdu, id, "DELIVRD", 2, 0);
            } else if (kind.equals("05")) {
                if (++silent == 5) {
                    session.close();
                }
                return;
            }

            session.sendResponsePdu(answer);
            switch (kind) {
                case "01": receipt(pdu, id, "DELIVRD", 2, 0); break;
                case "07": receipt(pdu, id, "UNDELIV", 5, 69); break;
                case "08": inbound(number, "STOP"); break;
                case "25": udh(number); break;
                case "26": sar(number); break;
            }
        }

        void show(SubmitSm pdu, String number) throws Exception {
            byte[] text = pdu.getShortMessage();
            String part = "";
            if (pdu.hasOptionalParameter(SmppConstants.TAG_MESSAGE_PAYLOAD)) {
                text = pdu.getOptionalParameter(SmppConstants.TAG_MESSAGE_PAYLOAD).getValue();
                part = "payload";
            } else if ((pdu.getEsmClass() & SmppConstants.ESM_CLASS_UDHI_MASK) != 0) {
                byte[] header = GsmUtil.getShortMessageUserDataHeader(text);
                text = GsmUtil.getShortMessageUserData(text);
                part = "udh " + header[5] + "/" + header[4];
            } else if (pdu.hasOptionalParameter(SmppConstants.TAG_SAR_MSG_REF_NUM)) {
                part = "sar " + pdu.getOptionalParameter(SmppConstants.TAG_SAR_SEGMENT_SEQNUM).getValueAsByte() + "/"
                        + pdu.getOptionalParameter(SmppConstants.TAG_SAR_TOTAL_SEGMENTS).getValueAsByte();
            }
            say("event", "submit", "to", number, "from", pdu.getSourceAddress().getAddress(), "coding",
                    (int) pdu.getDataCoding(), "validity", String.valueOf(pdu.getValidityPeriod()), "part", part, "text",
                    CharsetUtil.decode(text, pdu.getDataCoding() == 8 ? CharsetUtil.CHARSET_UCS_2 : CharsetUtil.CHARSET_GSM));
        }

        void receipt(SubmitSm pdu, int id, String stat, int state, int error) throws Exception {
            String shown = decimalReceipts ? String.valueOf(id) : Integer.toHexString(id).toUpperCase();
            DeliverSm out = new DeliverSm();
            out.setSourceAddress(pdu.getDestAddress());
            out.setDestAddress(pdu.getSourceAddress());
            out.setEsmClass((byte) 0x04);
            out.setShortMessage(String.format("id:%s sub:001 dlvrd:001 submit date:2611222100 done date:2611222101 stat:%s "
                    + "err:%03d Text:", shown, stat, error).getBytes(StandardCharsets.US_ASCII));
            out.addOptionalParameter(new Tlv(SmppConstants.TAG_RECEIPTED_MSG_ID,
                    (shown + "\0").getBytes(StandardCharsets.US_ASCII)));
            out.addOptionalParameter(new Tlv(SmppConstants.TAG_MSG_STATE, new byte[] {(byte) state}));
            out.addOptionalParameter(new Tlv(SmppConstants.TAG_NETWORK_ERROR_CODE, new byte[] {3, 0, (byte) error}));
            ask(out);
        }

        DeliverSm inbound(String number) {
            DeliverSm out = new DeliverSm();
            out.setSourceAddress(new Address((byte) 1, (byte) 1, number));
            out.setDestAddress(new Address((byte) 3, (byte) 0, "8080"));
            return out;
        }

        void inbound(String number, String text) throws Exception {
            DeliverSm out = inbound(number);
            out.setShortMessage(CharsetUtil.encode(text, CharsetUtil.CHARSET_GSM));
            ask(out);
        }

        // udh sends a text of three parts as Cloudhopper splits it, the last part first.
        void udh(String number) throws Exception {
            byte[] text = CharsetUtil.encode("0123456789".repeat(40), CharsetUtil.CHARSET_GSM);
            byte[][] parts = GsmUtil.createConcatenatedBinaryShortMessages(text, (byte) 7);
            for (int i = parts.length - 1; i >= 0; i--) {
                DeliverSm out = inbound(number);
                out.setEsmClass(SmppConstants.ESM_CLASS_UDHI_MASK);
                out.setShortMessage(parts[i]);
                ask(out);
            }
        }

        void sar(String number) throws Exception {
            String[] parts = {"Ваш код ", "не подошёл"};
            for (int i = parts.length - 1; i >= 0; i--) {
                DeliverSm out = inbound(number);
                out.setDataCoding((byte) 8);
                out.setShortMessage(CharsetUtil.encode(parts[i], CharsetUtil.CHARSET_UCS_2));
                out.addOptionalParameter(new Tlv(SmppConstants.TAG_SAR_MSG_REF_NUM, new byte[] {1, 2}));
                out.addOptionalParameter(new Tlv(SmppConstants.TAG_SAR_TOTAL_SEGMENTS, new byte[] {(byte) parts.length}));
                out.addOptionalParameter(new Tlv(SmppConstants.TAG_SAR_SEGMENT_SEQNUM, new byte[] {(byte) (i + 1)}));
                ask(out);
            }
        }
    }
}
