import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import me.syssecure.Event;
import me.syssecure.WebhookSignatureException;
import me.syssecure.Webhooks;

/**
 * Receives webhooks on a port, and prints them. WEBHOOK_SECRET holds the secret of the endpoint.
 *
 * <p>java -cp syssecure-sdk-2.1.3.jar examples/WebhookServer.java 8080
 */
public class WebhookServer {
    private static final int MAX_BYTES = 1 << 20;

    public static void main(String[] arguments) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(Integer.parseInt(arguments[0])), 0);
        server.createContext("/", WebhookServer::receive);
        server.start();
        System.out.println("listening on " + server.getAddress().getPort());
    }

    private static void receive(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BYTES);
        String header = exchange.getRequestHeaders().getFirst(Webhooks.SIGNATURE_HEADER);
        int status = 204;
        try {
            Event event = new Webhooks().constructEvent(body, header, System.getenv("WEBHOOK_SECRET"));
            System.out.println(event);
        } catch (WebhookSignatureException e) {
            System.out.println("refused: " + e.getMessage());
            status = 400;
        }

        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }
}
