<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Internal\Encode;
use SysSecure\Page;
use SysSecure\RequestOptions;
use SysSecure\Result;

/** The accounts of the server. It is for keys with the scope operator. */
final readonly class Accounts extends Resource
{
    /**
     * Lists the accounts of the server.
     *
     * @param string|null $search only those with this text in their name or id
     * @param int|null $limit the most rows on a page: 1 to 100, 20 by default
     * @param string|null $cursor the nextCursor of another page, to begin after it
     * @param RequestOptions|null $options of this call alone
     *
     * @return Page<Result\AccountSummary> which goes on to the next pages by itself when you loop over it
     *
     * @throws SysSecureException an AuthenticationException when the key lacks the scope operator
     */
    public function list(
        ?string $search = null,
        ?int $limit = null,
        ?string $cursor = null,
        ?RequestOptions $options = null,
    ): Page {
        return $this->engine->page(Result\AccountSummary::class, new Call(
            'GET', '/accounts',
            query: ['search' => $search, 'limit' => $limit, 'cursor' => $cursor],
            options: $options,
        ));
    }

    /**
     * Makes an account. The result has its secrets, which are shown only now: keep them.
     *
     * @param string $name the account's name
     * @param int|null $credits the credits that it begins with
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a BadRequestException when the name is not valid
     */
    public function create(string $name, ?int $credits = null, ?RequestOptions $options = null): Result\CreatedAccount
    {
        return $this->engine->result(Result\CreatedAccount::class, new Call(
            'POST', '/accounts',
            body: Encode::fields(['name' => $name, 'credits' => $credits]),
            options: $options,
        ));
    }

    /**
     * Gives an account credits, or takes some away.
     *
     * @param string $accountId the id of the account
     * @param int $credits how many; negative to take them away
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such account
     */
    public function addCredits(string $accountId, int $credits, ?RequestOptions $options = null): Result\Balance
    {
        return $this->engine->result(Result\Balance::class, new Call(
            'POST', '/accounts/{account_id}/credits', ['account_id' => $accountId],
            body: Encode::fields(['credits' => $credits]),
            options: $options,
        ));
    }
}
