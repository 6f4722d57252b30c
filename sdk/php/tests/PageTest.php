<?php

declare(strict_types=1);

namespace SysSecure\Tests;

use PHPUnit\Framework\TestCase;
use SysSecure\Client;
use SysSecure\Exception\APIResponseException;
use SysSecure\Exception\NotFoundException;
use SysSecure\Page;
use SysSecure\RequestOptions;
use SysSecure\Testing\FakeTransport;

final class PageTest extends TestCase
{
    private FakeTransport $transport;
    private Client $client;

    protected function setUp(): void
    {
        $this->transport = new FakeTransport();
        $this->client = new Client('sk_test_key', transport: $this->transport);
    }

    /** @param list<string> $ids */
    private function page(array $ids, ?string $next): void
    {
        $rows = array_map(static fn (string $id): array => ['id' => $id, 'message_id' => $id], $ids);
        $this->transport->answer(['data' => $rows, 'next_cursor' => $next]);
    }

    /**
     * @param Page<covariant \SysSecure\Result\Result> $page
     * @return list<string>
     */
    private function ids(Page $page): array
    {
        return array_map(static fn (object $row): string => $row->id, iterator_to_array($page));
    }

    public function testGoesOnToTheNextPages(): void
    {
        $this->page(['a', 'b'], 'c1');
        $this->page([], 'c2');
        $this->page(['c'], null);
        $options = new RequestOptions(headers: ['X-A' => 'b']);
        $page = $this->client->messages->list(status: 'sent', limit: 2, options: $options);

        self::assertSame(['a', 'b', 'c'], $this->ids($page));
        self::assertSame(['status' => 'sent', 'limit' => '2'], $this->transport->requests[0]->query);
        self::assertEquals(['status' => 'sent', 'limit' => 2, 'cursor' => 'c2'], $this->transport->requests[2]->query);
        self::assertSame('b', $this->transport->requests[2]->headers['x-a']);
    }

    public function testGivesOnePageAtATime(): void
    {
        $this->page(['a'], 'c1');
        $this->page(['b'], null);
        $first = $this->client->messages->list();
        $second = $first->nextPage();

        self::assertTrue($first->hasMore);
        self::assertSame('c1', $first->nextCursor);
        self::assertSame('b', $second?->data[0]->id);
        self::assertFalse($second->hasMore);
        self::assertNull($second->nextPage());
    }

    public function testAsksForNothingMoreWhenTheLoopEnds(): void
    {
        $this->page(['a', 'b'], 'c1');

        foreach ($this->client->messages->list() as $i => $message) {
            self::assertSame([0, 'a'], [$i, $message->id]);
            break;
        }
        self::assertCount(1, $this->transport->requests);
    }

    public function testEndsWhenACursorComesBack(): void
    {
        $this->page(['a'], 'c1');
        $this->page(['b'], 'c0');
        $seen = [];

        try {
            foreach ($this->client->messages->list(cursor: 'c0') as $message) {
                $seen[] = $message->id;
            }
            self::fail('nothing was thrown');
        } catch (APIResponseException $e) {
            self::assertStringContainsString('next_cursor that was there before', $e->getMessage());
            self::assertSame(['a', 'b'], $seen);
        }
    }

    public function testThrowsTheErrorOfALaterPageWhereItOccurs(): void
    {
        $this->page(['a'], 'c1');
        $this->transport->answer(['code' => 'not_found', 'message' => 'gone'], 404);
        $rows = $this->client->messages->list()->getIterator();

        self::assertSame('a', $rows->current()->id);
        $this->expectException(NotFoundException::class);
        $rows->next();
    }

    public function testEventsAfterAnEventEndAtAnEmptyPage(): void
    {
        $this->page(['e1', 'e2'], 'e2');
        $this->page(['e3'], 'e3');
        $this->page([], 'e3');

        self::assertSame(['e1', 'e2', 'e3'], $this->ids($this->client->events->list(after: 'start', limit: 2)));
        $queries = array_column($this->transport->requests, 'query');
        self::assertSame(['start', 'e2', 'e3'], array_column($queries, 'after'));
    }

    public function testListsWithoutCursorsAreOnePage(): void
    {
        $this->transport->answer(['data' => [['event' => 'otp.verified']]]);
        $page = $this->client->webhookEndpoints->eventTypes();

        self::assertFalse($page->hasMore);
        self::assertSame('otp.verified', iterator_to_array($page)[0]->event);
    }
}
