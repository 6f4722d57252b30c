import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import me.syssecure.AsyncSysSecure;
import me.syssecure.Channel;
import me.syssecure.OtpSendParams;
import me.syssecure.SysSecure;

/**
 * Sends codes to many numbers at once, and cancels them.
 *
 * <p>java -cp syssecure-sdk-2.1.3.jar examples/AsyncFlow.java +32470123456 +32470123457
 */
public class AsyncFlow {
    public static void main(String[] numbers) {
        try (SysSecure client = SysSecure.builder().build()) {
            CompletableFuture.allOf(Arrays.stream(numbers)
                    .map(number -> sendAndCancel(client.async(), number))
                    .toArray(CompletableFuture<?>[]::new)).join();
        }
    }

    private static CompletableFuture<Void> sendAndCancel(AsyncSysSecure client, String number) {
        return client.otp().send(OtpSendParams.builder(number).channels(Channel.SMS).build())
                .thenCompose(otp -> client.otp().cancel(otp.id()))
                .thenAccept(otp -> System.out.println(otp.id() + " " + otp.status()));
    }
}
