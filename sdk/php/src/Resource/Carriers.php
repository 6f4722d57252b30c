<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Page;
use SysSecure\RequestOptions;
use SysSecure\Result;

/** What the carriers of the server do. It is for keys with the scope operator. */
final readonly class Carriers extends Resource
{
    /**
     * Lists the carriers with their state, on one page.
     *
     * @param RequestOptions|null $options of this call alone
     *
     * @return Page<Result\Carrier>
     *
     * @throws SysSecureException an AuthenticationException when the key lacks the scope
     */
    public function list(?RequestOptions $options = null): Page
    {
        return $this->engine->page(Result\Carrier::class, new Call(
            'GET', '/carriers',
            options: $options,
        ));
    }
}
