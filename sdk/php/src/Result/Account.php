<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** The account's settings. */
final readonly class Account extends Result
{
    /** @var string The account's id. */
    public ?string $id;

    /** @var string The account's name, as the built-in texts show it. Live mode and the sandbox share it. */
    public ?string $name;

    /** @var string The language of messages when there is no text in the requested locale, as a BCP 47 tag. */
    public ?string $defaultLocale;

    /**
     * The host of your site. Messages with a code end in a line @host #code, by which browsers fill in the code. Empty
     * for no such line.
     *
     * @var string
     */
    public ?string $origin;

    /** @var string The hash of your Android app, by which the SMS Retriever API finds your messages. Empty for none. */
    public ?string $appHash;

    /** @var string The sender of messages whose request names none. Empty for the carrier's sender. */
    public ?string $from;

    /**
     * What to do when a carrier gives no answer, so that it is unknown whether it accepted the message. retry: submit
     * it once more. hold: never submit it again; a code goes on to its next channel, any other message gets the status
     * unknown.
     *
     * @var string
     */
    public ?string $onUnknown;

    /** @var bool Whether phone numbers are shown masked. */
    public ?bool $maskNumbers;

    /** @var bool Whether characters that would make an SMS longer are replaced by similar ones. */
    public ?bool $smartEncoding;

    /** @var int When the credits fall below this number, the event credits.low is sent once. 0 for never. */
    public ?int $creditsLow;

    /** @var int The most credits that may be spent in one hour (UTC). 0 for no cap. */
    public ?int $spendCapHour;

    /** @var int The most credits that may be spent in one day (UTC). 0 for no cap. */
    public ?int $spendCapDay;

    /**
     * The most credits that may be spent in one day (UTC) on numbers of a country, by ISO 3166-1 code. * applies to
     * every country that is not listed.
     *
     * @var array<string, int>
     */
    public array $spendCapCountries;

    /**
     * Whether numbers that opted out are refused codes as well. Otherwise they still get codes, because their users
     * ask for them.
     *
     * @var bool
     */
    public ?bool $optOutBlocksOtp;

    /** @var bool Whether STOP, START and HELP are answered with a short message. */
    public ?bool $optOutReplies;

    /** @var string The answer to HELP. Empty for the built-in text. */
    public ?string $helpText;

    /** @var \DateTimeImmutable When it was created, in UTC. */
    public ?\DateTimeImmutable $createdAt;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->id = $fields->string('id');
        $this->name = $fields->string('name');
        $this->defaultLocale = $fields->string('default_locale');
        $this->origin = $fields->string('origin');
        $this->appHash = $fields->string('app_hash');
        $this->from = $fields->string('from');
        $this->onUnknown = $fields->string('on_unknown');
        $this->maskNumbers = $fields->bool('mask_numbers');
        $this->smartEncoding = $fields->bool('smart_encoding');
        $this->creditsLow = $fields->int('credits_low');
        $this->spendCapHour = $fields->int('spend_cap_hour');
        $this->spendCapDay = $fields->int('spend_cap_day');
        $this->spendCapCountries = $fields->intMap('spend_cap_countries');
        $this->optOutBlocksOtp = $fields->bool('opt_out_blocks_otp');
        $this->optOutReplies = $fields->bool('opt_out_replies');
        $this->helpText = $fields->string('help_text');
        $this->createdAt = $fields->time('created_at');
    }
}
