import java.util.List;
import me.syssecure.ApiException;
import me.syssecure.RequestOptions;
import me.syssecure.SentMessage;
import me.syssecure.SmsSendParams;
import me.syssecure.SysSecure;

/**
 * Sends a text to many numbers. When it is run again, for example after a crash, nobody gets the text twice, because each
 * send has an idempotency key of its campaign and its number.
 *
 * <p>java -cp syssecure-sdk-2.1.3.jar examples/BulkSms.java march-sale "Everything must go." +32470123456 +32470123457
 */
public class BulkSms {
    public static void main(String[] arguments) {
        List<String> given = List.of(arguments);
        String campaign = given.get(0);
        String text = given.get(1);
        try (SysSecure client = SysSecure.builder().build()) {
            for (String number : given.subList(2, given.size())) {
                send(client, campaign, number, text);
            }
        }
    }

    private static void send(SysSecure client, String campaign, String number, String text) {
        RequestOptions once = RequestOptions.idempotencyKey(campaign + " " + number);
        try {
            SentMessage message = client.sms().send(SmsSendParams.builder(number, text).build(), once);
            System.out.println(message.id() + " " + message.status());
        } catch (ApiException e) {
            System.out.println("not sent: " + e.getMessage());
        }
    }
}
