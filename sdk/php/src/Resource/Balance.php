<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
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
}
