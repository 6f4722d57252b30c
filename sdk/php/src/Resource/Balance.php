<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Page;
use SysSecure\RequestOptions;
use SysSecure\Result;

/** The credits of the account. */
final readonly class Balance extends Resource
{
    /**
     * Gets the credits of the account.
     *
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException
     */
    public function get(?RequestOptions $options = null): Result\Balance
    {
        return $this->engine->result(Result\Balance::class, new Call('GET', '/balance', options: $options));
    }

    /**
     * Lists the lines of the ledger of credits, newest first. Test keys have none.
     *
     * @param string|null $kind only lines of this kind
     * @param int|null $limit the most rows on a page: 1 to 100, 20 by default
     * @param string|null $cursor the nextCursor of another page, to begin after it
     * @param RequestOptions|null $options of this call alone
     *
     * @return Page<Result\BalanceEntry> which goes on to the next pages by itself when you loop over it
     *
     * @throws SysSecureException
     */
    public function entries(
        ?string $kind = null,
        ?int $limit = null,
        ?string $cursor = null,
        ?RequestOptions $options = null,
    ): Page {
        return $this->engine->page(Result\BalanceEntry::class, new Call(
            'GET', '/balance/entries',
            query: ['kind' => $kind, 'limit' => $limit, 'cursor' => $cursor],
            options: $options,
        ));
    }

    /**
     * Lists what each channel costs, on one page.
     *
     * @param RequestOptions|null $options of this call alone
     *
     * @return Page<Result\Price>
     *
     * @throws SysSecureException
     */
    public function prices(?RequestOptions $options = null): Page
    {
        return $this->engine->page(Result\Price::class, new Call(
            'GET', '/prices',
            options: $options,
        ));
    }
}
