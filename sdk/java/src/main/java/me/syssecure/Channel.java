package me.syssecure;

/**
 * The medium of a message. Later servers may have channels that have no constant here; {@link #of} makes them.
 *
 * @param value the name of the channel in the API, such as {@code sms}
 */
public record Channel(String value) {
    /**
     * Makes a channel.
     *
     * @param value the name of the channel in the API
     */
    public Channel {
        Checks.given("channel", value);
    }

    /** A WhatsApp message. */
    public static final Channel WHATSAPP = new Channel("whatsapp");

    /** A text message. */
    public static final Channel SMS = new Channel("sms");

    /** A Telegram message. */
    public static final Channel TELEGRAM = new Channel("telegram");

    /** A call that reads the code out. */
    public static final Channel VOICE = new Channel("voice");

    /**
     * Returns the channel with a name.
     *
     * @param value the name of the channel in the API
     * @return the channel
     */
    public static Channel of(String value) {
        return new Channel(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
