<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\RequestOptions;
use SysSecure\Result;

/** The installation of the server. It is for keys with the scope operator. */
final readonly class Instance extends Resource
{
    /**
     * Gets the version, the nodes and the load of the server.
     *
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException an AuthenticationException when the key lacks the scope operator
     */
    public function get(?RequestOptions $options = null): Result\Instance
    {
        return $this->engine->result(Result\Instance::class, new Call(
            'GET', '/instance',
            options: $options,
        ));
    }
}
