<?php

declare(strict_types=1);

namespace SysSecure\Internal;

/**
 * A field is not of the type that the API promises. Whoever reads the fields turns it into an error of the SDK.
 *
 * @internal
 */
final class FieldException extends \RuntimeException
{
}
