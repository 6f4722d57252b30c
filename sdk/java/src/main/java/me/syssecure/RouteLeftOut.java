package me.syssecure;

/**
 * A carrier that a plan leaves out.
 *
 * @param channel the channel
 * @param carrier the carrier's name
 * @param why     why it is left out
 */
public record RouteLeftOut(Channel channel, String carrier, String why) {
    static RouteLeftOut of(Fields f) {
        return new RouteLeftOut(f.channel("channel"), f.text("carrier"), f.text("why"));
    }

    @Override
    public String toString() {
        return new Text("RouteLeftOut").add("channel", channel).add("carrier", carrier).add("why", why).toString();
    }
}
