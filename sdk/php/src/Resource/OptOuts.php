<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Page;
use SysSecure\RequestOptions;
use SysSecure\Result;

/** Numbers that get no messages. */
final readonly class OptOuts extends Resource
{
    /**
     * Lists the numbers that opted out.
     *
     * @param string|null $to only this number, in E.164 format
     * @param int|null $limit the most rows on a page: 1 to 100, 20 by default
     * @param string|null $cursor the nextCursor of another page, to begin after it
     * @param RequestOptions|null $options of this call alone
     *
     * @return Page<Result\OptOut> which goes on to the next pages by itself when you loop over it
     *
     * @throws SysSecureException
     */
    public function list(
        #[\SensitiveParameter] ?string $to = null,
        ?int $limit = null,
        ?string $cursor = null,
        ?RequestOptions $options = null,
    ): Page {
        return $this->engine->page(Result\OptOut::class, new Call(
            'GET', '/opt-outs',
            query: ['to' => $to, 'limit' => $limit, 'cursor' => $cursor],
            options: $options,
        ));
    }

    /**
     * Opts a number out, so that it gets no messages.
     *
     * @param string $number the phone number in E.164 format, such as +32470123456
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException an InvalidPhoneException
     */
    public function put(#[\SensitiveParameter] string $number, ?RequestOptions $options = null): Result\OptOut
    {
        return $this->engine->result(Result\OptOut::class, new Call(
            'PUT', '/opt-outs/{number}', ['number' => $number],
            options: $options,
        ));
    }

    /**
     * Removes the opt-out of a number.
     *
     * @param string $number the phone number in E.164 format, such as +32470123456
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when the number has not opted out
     */
    public function delete(#[\SensitiveParameter] string $number, ?RequestOptions $options = null): Result\OptOut
    {
        return $this->engine->result(Result\OptOut::class, new Call(
            'DELETE', '/opt-outs/{number}', ['number' => $number],
            options: $options,
        ));
    }
}
