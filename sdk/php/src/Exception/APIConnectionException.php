<?php

declare(strict_types=1);

namespace SysSecure\Exception;

/** There was no whole answer. The server may have carried out the request. getPrevious() is the cause. */
class APIConnectionException extends SysSecureException
{
}
