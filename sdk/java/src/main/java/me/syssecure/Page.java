package me.syssecure;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A page of a list. Iterating over it begins with its rows, and goes on to the next pages by itself.
 *
 * @param <T> the type of the rows
 */
public final class Page<T> implements Iterable<T> {
    private final AsyncPage<T> page;

    Page(AsyncPage<T> page) {
        this.page = page;
    }

    /**
     * Returns the rows of this page.
     *
     * @return the rows, in the order of the list
     */
    public List<T> data() {
        return page.data();
    }

    /**
     * Returns the cursor with which the next page begins.
     *
     * @return the cursor; absent on the last page
     */
    public Optional<String> nextCursor() {
        return page.nextCursor();
    }

    /**
     * Returns whether there is a next page. It may be without rows.
     *
     * @return true unless this is the last page
     */
    public boolean hasMore() {
        return page.hasMore();
    }

    /**
     * Returns the id by which the server's logs know the request.
     *
     * @return the id, if the answer has one
     */
    public Optional<String> requestId() {
        return page.requestId();
    }

    /**
     * Returns the decoded answer, with the fields that this version does not know.
     *
     * @return the fields
     */
    public Map<String, Object> raw() {
        return page.raw();
    }

    /**
     * Fetches the next page, with the same filters and the same limit.
     *
     * @return the page; absent when this is the last
     * @throws ApiResponseException when the server gives a cursor for the second time
     */
    public Optional<Page<T>> nextPage() {
        return Futures.result(page.nextPage()).map(Page::new);
    }

    /**
     * Returns the rows of this page and of all that follow. A page is fetched when its first row is asked for, so that
     * an iteration that is left early sends no further request.
     *
     * @return the rows; iterating throws what {@link #nextPage} throws
     */
    public Iterable<T> autoPaging() {
        return this;
    }

    /**
     * Returns the rows of this page and of all that follow, as {@link #autoPaging} does.
     *
     * @return a sequential stream
     */
    public Stream<T> stream() {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(iterator(), Spliterator.ORDERED), false);
    }

    @Override
    public Iterator<T> iterator() {
        return new Rows<>(this);
    }

    @Override
    public String toString() {
        return new Text("Page").add("data", data()).add("nextCursor", nextCursor()).toString();
    }

    private static final class Rows<T> implements Iterator<T> {
        private Optional<Page<T>> current;
        private Iterator<T> rows;

        Rows(Page<T> first) {
            current = Optional.of(first);
            rows = first.data().iterator();
        }

        @Override
        public boolean hasNext() {
            while (!rows.hasNext() && current.isPresent()) {
                current = current.get().nextPage();
                rows = current.map(page -> page.data().iterator()).orElse(rows);
            }

            return rows.hasNext();
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }

            return rows.next();
        }
    }
}
