package me.syssecure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses of servers. */
final class BaseUrlTest {
    @ParameterizedTest
    @CsvSource({
        "https://otp.example.com, https://otp.example.com/v2",
        "https://otp.example.com///, https://otp.example.com/v2",
        "https://otp.example.com/v2/, https://otp.example.com/v2",
        "https://otp.example.com/api, https://otp.example.com/api/v2",
        "HTTPS://otp.example.com:8443/v2, https://otp.example.com:8443/v2",
        "http://localhost:8080, http://localhost:8080/v2",
        "http://LOCALHOST, http://LOCALHOST/v2",
        "http://api.localhost, http://api.localhost/v2",
        "http://127.8.0.1, http://127.8.0.1/v2",
        "http://[::1]:80, http://[::1]:80/v2",
        "http://[0:0:0:0:0:0:0:1], http://[0:0:0:0:0:0:0:1]/v2",
    })
    void complete(String url, String want) {
        assertEquals(want, BaseUrl.complete(url, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "otp.example.com", "/v2", "ftp://otp.example.com", "https:otp.example.com", "https://", "https://a b",
        "https://user:secret@otp.example.com", "https://otp.example.com?secret", "https://otp.example.com#secret",
        "https://otp.example.com:99999", "https://secret|", "mailto:secret",
    })
    void refused(String url) {
        ConfigurationException e =
                assertThrows(ConfigurationException.class, () -> BaseUrl.complete(url, true));
        assertFalse(e.getMessage().contains("secret"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "http://otp.example.com", "http://localhost.example.com", "http://notlocalhost", "http://128.0.0.1",
        "http://127.0.0.1.example.com", "http://[::2]", "http://[::11]", "http://0.0.0.0",
    })
    void plainHttpToOthersNeedsTheOption(String url) {
        ConfigurationException e =
                assertThrows(ConfigurationException.class, () -> BaseUrl.complete(url, false));
        assertTrue(e.getMessage().contains("https") && e.getMessage().contains("allowInsecureHttp"), e.getMessage());
        assertEquals(url + "/v2", BaseUrl.complete(url, true));
    }

    @Test
    void theDefaultIsAccepted() {
        assertEquals("https://api.syssecure.me/v2", BaseUrl.complete(BaseUrl.DEFAULT, false));
    }
}
