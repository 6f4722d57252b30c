<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Internal\Encode;
use SysSecure\RequestOptions;
use SysSecure\Result;

/** How messages are routed. It is for keys with the scope operator. */
final readonly class Routes extends Resource
{
    /**
     * Says how a message to a number would be sent now, and why. Nothing is sent.
     *
     * @param string $to the number in E.164 format
     * @param list<string>|null $channels the channels, in the order in which they would be tried
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException an InvalidPhoneException when it is no phone number
     */
    public function explain(
        #[\SensitiveParameter] string $to,
        ?array $channels = null,
        ?RequestOptions $options = null,
    ): Result\RoutePlan {
        return $this->engine->result(Result\RoutePlan::class, new Call(
            'GET', '/routes/explain',
            query: ['to' => $to, 'channels' => Encode::list($channels)],
            options: $options,
        ));
    }
}
