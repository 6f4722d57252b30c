<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Internal\Encode;
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

    /**
     * Lets no message go to a carrier until it is resumed.
     *
     * @param string $carrier the carrier's name in the server's configuration
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such carrier
     */
    public function pause(string $carrier, ?RequestOptions $options = null): Result\Carrier
    {
        return $this->engine->result(Result\Carrier::class, new Call(
            'POST', '/carriers/{carrier}/pause', ['carrier' => $carrier],
            options: $options,
        ));
    }

    /**
     * Lets messages go to a carrier again.
     *
     * @param string $carrier the carrier's name in the server's configuration
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such carrier
     */
    public function resume(string $carrier, ?RequestOptions $options = null): Result\Carrier
    {
        return $this->engine->result(Result\Carrier::class, new Call(
            'POST', '/carriers/{carrier}/resume', ['carrier' => $carrier],
            options: $options,
        ));
    }

    /**
     * Tests the connection to a carrier, and sends a message if you give a number.
     *
     * @param string $carrier the carrier's name in the server's configuration
     * @param string|null $to a number to which a test message is sent, in E.164 format
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a RateLimitException when it was tested a moment ago
     */
    public function test(
        string $carrier,
        #[\SensitiveParameter] ?string $to = null,
        ?RequestOptions $options = null,
    ): Result\CarrierTest {
        return $this->engine->result(Result\CarrierTest::class, new Call(
            'POST', '/carriers/{carrier}/test', ['carrier' => $carrier],
            body: Encode::fields(['to' => $to]),
            options: $options,
        ));
    }
}
