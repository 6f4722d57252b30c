package me.syssecure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import me.syssecure.testing.FakeTransport;
import org.junit.jupiter.api.Test;

/** Lists, page by page. */
final class PageTest {
    private final FakeTransport server = new FakeTransport();
    private final SysSecure client = SysSecure.builder().apiKey("sk_test_key").transport(server).build();

    private FakeTransport page(String next, String... ids) {
        List<String> rows = Arrays.stream(ids)
                .map(id -> "{\"message_id\":\"" + id + "\",\"to\":\"+32470123456\"}")
                .toList();
        String cursor = next == null ? "null" : "\"" + next + "\"";
        return server.answer(200, "{\"data\":[" + String.join(",", rows) + "],\"next_cursor\":" + cursor + "}");
    }

    private List<String> queries() {
        return server.requests().stream().map(request -> request.uri().getRawQuery()).toList();
    }

    @Test
    void iteratingGoesOnByItself() {
        page("c1", "m1", "m2");
        page("c2");
        page(null, "m3");
        MessageListParams params = MessageListParams.builder().limit(2).status("sent").build();
        List<String> ids = client.messages().list(params).stream().map(MessageDetails::id).toList();
        assertEquals(List.of("m1", "m2", "m3"), ids);
        String filters = "limit=2&status=sent";
        assertEquals(List.of(filters, filters + "&cursor=c1", filters + "&cursor=c2"), queries());
    }

    @Test
    void theNextPageIsFetchedWhenItsFirstRowIsAskedFor() {
        page("c1", "m1");
        Iterator<MessageDetails> rows = client.messages().list().autoPaging().iterator();
        assertTrue(rows.hasNext());
        assertEquals("m1", rows.next().id());
        assertEquals(1, server.requests().size());

        page(null);
        assertFalse(rows.hasNext());
        assertThrows(NoSuchElementException.class, rows::next);
    }

    @Test
    void aPageTellsAboutItself() {
        page("c1", "m1");
        Page<MessageDetails> page = client.messages().list();
        assertEquals(Optional.of("c1"), page.nextCursor());
        assertTrue(page.hasMore());
        assertFalse(page.toString().contains("470"), page.toString());

        page(null);
        Page<MessageDetails> last = page.nextPage().orElseThrow();
        assertFalse(last.hasMore());
        assertEquals(Optional.empty(), last.nextPage());
    }

    @Test
    void aCursorThatComesAgainEndsIt() {
        page("c1", "m1");
        page("c2", "m2");
        page("c1", "m3");
        List<String> seen = new ArrayList<>();
        assertThrows(ApiResponseException.class, () -> client.messages().list().forEach(row -> seen.add(row.id())));
        assertEquals(List.of("m1", "m2", "m3"), seen);
    }

    @Test
    void asynchronousRowsComeInOrderAndStop() throws Exception {
        page("c1", "m1", "m2");
        page("c2", "m3", "m4");
        List<String> seen = new ArrayList<>();
        client.async().messages().list().get().forEachWhile(row -> seen.add(row.id()) && seen.size() < 3).get();
        assertEquals(List.of("m1", "m2", "m3"), seen);
        assertEquals(2, server.requests().size());
    }

    @Test
    void manyPagesThatAreThereAtOnceDoNotOverflowTheStack() throws Exception {
        int pages = 3000;
        IntStream.range(1, pages).forEach(i -> page("c" + i, "m" + i));
        page(null, "m" + pages);
        List<String> seen = new ArrayList<>();
        client.async().messages().list().get().forEach(row -> seen.add(row.id())).get();
        assertEquals(pages, seen.size());
    }

    @Test
    void anErrorOfTheActionOrOfAPageFailsTheFuture() throws Exception {
        page("c1", "m1");
        AsyncPage<MessageDetails> first = client.async().messages().list().get();
        ExecutionException e = assertThrows(ExecutionException.class, () -> first.forEach(row -> {
            throw new IllegalArgumentException("mine");
        }).get());
        assertInstanceOf(IllegalArgumentException.class, e.getCause());

        server.answer(404, "{\"code\":\"not_found\",\"message\":\"m\"}");
        e = assertThrows(ExecutionException.class, () -> first.forEach(row -> {}).get());
        assertInstanceOf(NotFoundException.class, e.getCause());
    }
}
