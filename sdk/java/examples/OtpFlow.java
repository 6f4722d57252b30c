import java.util.Scanner;
import me.syssecure.Channel;
import me.syssecure.OtpSendParams;
import me.syssecure.RateLimitException;
import me.syssecure.SentOtp;
import me.syssecure.SysSecure;
import me.syssecure.Verification;

/**
 * Sends a code to a number, and asks for it until it is right or may no longer be tried.
 *
 * <p>java -cp syssecure-sdk-2.1.3.jar examples/OtpFlow.java +32470123456
 */
public class OtpFlow {
    public static void main(String[] arguments) {
        try (SysSecure client = SysSecure.builder().build(); Scanner in = new Scanner(System.in)) {
            SentOtp otp = client.otp().send(
                    OtpSendParams.builder(arguments[0]).channels(Channel.SMS).purpose("login").build());
            Verification result;
            do {
                System.out.print("Code: ");
                result = client.otp().verify(otp.id(), in.nextLine());
                System.out.println(result.valid() ? "verified" : result.reason().orElse("wrong"));
            } while (result.attemptsRemaining().orElse(0) > 0);
        } catch (RateLimitException e) {
            System.out.println("Too many codes. A pending one: " + e.otpId().orElse("none"));
        }
    }
}
