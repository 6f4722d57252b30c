package me.syssecure;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a message to a number would be sent now.
 *
 * @param to         the number
 * @param country    the ISO 3166-1 code of its country
 * @param type       what the number is for, such as {@code mobile}
 * @param mode       {@code test} or {@code live}
 * @param problem    what a send is refused for
 * @param testNumber whether it is a test number, to which nothing is sent
 * @param credits    what a send holds at first
 * @param steps      the steps, in the order in which they are tried
 * @param leftOut    the carriers that are not tried
 * @param requestId  the id by which the server's logs know the request
 * @param raw        the decoded object, with the fields that this version does not know
 */
public record RoutePlan(
        String to,
        Optional<String> country,
        String type,
        String mode,
        Optional<String> problem,
        boolean testNumber,
        long credits,
        List<RouteStep> steps,
        List<RouteLeftOut> leftOut,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static RoutePlan of(Fields f) {
        return new RoutePlan(
                f.text("to"),
                f.optionalText("country"),
                f.text("type"),
                f.text("mode"),
                f.optionalText("problem"),
                f.flag("test_number"),
                f.number("credits"),
                f.list("steps", RouteStep::of),
                f.list("left_out", RouteLeftOut::of),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("RoutePlan")
                .add("to", to)
                .add("country", country)
                .add("type", type)
                .add("mode", mode)
                .add("problem", problem)
                .add("testNumber", testNumber)
                .add("credits", credits)
                .add("steps", steps)
                .add("leftOut", leftOut)
                .toString();
    }
}
