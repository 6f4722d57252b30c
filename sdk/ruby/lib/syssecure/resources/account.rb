# frozen_string_literal: true

module SysSecure
  module Resources
    # The account's settings: `client.account`.
    class Account < Resource
      # Gets the settings.
      #
      # @param options [Hash] the options of the call, see {Resources}
      # @return [SysSecure::Account]
      def get(**options)
        call(SysSecure::Account, "GET", "/account", options:)
      end

      # Changes the settings that are given.
      #
      # @param name [String, nil] the account's name, as the built-in texts show it
      # @param default_locale [String, nil] the language when there is no text in the requested one, as a BCP 47 tag
      # @param origin [String, nil] the host of your site, by which browsers fill in codes; empty for none
      # @param app_hash [String, nil] the hash of your Android app, for the SMS Retriever API; empty for none
      # @param from [String, nil] the sender of messages whose request names none; empty for the carrier's
      # @param on_unknown [String, nil] what to do when a carrier gives no answer: "retry" or "hold"
      # @param mask_numbers [Boolean, nil] whether phone numbers are shown masked
      # @param smart_encoding [Boolean, nil] whether characters that make an SMS longer are replaced by similar ones
      # @param credits_low [Integer, nil] below so many credits the event credits.low is sent once; 0 for never
      # @param spend_cap_hour [Integer, nil] the most credits in one hour (UTC); 0 for no cap
      # @param spend_cap_day [Integer, nil] the most credits in one day (UTC); 0 for no cap
      # @param spend_cap_countries [Hash{String => Integer}, nil] replaces the caps by country, in credits a day
      # @param opt_out_blocks_otp [Boolean, nil] whether numbers that opted out are refused codes as well
      # @param opt_out_replies [Boolean, nil] whether STOP, START and HELP are answered
      # @param help_text [String, nil] the answer to HELP; empty for the built-in one
      # @param options [Hash] the options of the call, see {Resources}
      # @return [SysSecure::Account]
      # @raise [BadRequestError] when a setting is not valid
      def update(name: nil, default_locale: nil, origin: nil, app_hash: nil, from: nil, on_unknown: nil,
                 mask_numbers: nil, smart_encoding: nil, credits_low: nil, spend_cap_hour: nil, spend_cap_day: nil,
                 spend_cap_countries: nil, opt_out_blocks_otp: nil, opt_out_replies: nil, help_text: nil, **options)
        body = {
          name:, default_locale:, origin:, app_hash:, from:, on_unknown:, mask_numbers:, smart_encoding:, credits_low:,
          spend_cap_hour:, spend_cap_day:, spend_cap_countries:, opt_out_blocks_otp:, opt_out_replies:, help_text:
        }

        call(SysSecure::Account, "PATCH", "/account", body:, options:)
      end
    end

    # Credits: `client.balance`.
    class Balance < Resource
      # Gets the credits.
      #
      # @return [SysSecure::Balance]
      def get(**options)
        call(SysSecure::Balance, "GET", "/balance", options:)
      end

      # Lists the lines of the ledger of credits, newest first. Test keys have none.
      #
      # @param kind [String, nil] only lines of this kind
      # @param limit [Integer, nil] the most rows of a page: 20 unless given, at most 100
      # @param cursor [String, nil] the next_cursor of an earlier page
      # @return [Page<BalanceEntry>]
      def entries(kind: nil, limit: nil, cursor: nil, **options)
        page(BalanceEntry, "/balance/entries", query: { kind:, limit:, cursor: }, options:)
      end

      # Lists what each channel costs. There is one page.
      #
      # @return [Page<Price>]
      def prices(**options)
        page(Price, "/prices", options:)
      end
    end

    # Numbers that want no messages: `client.opt_outs`.
    class OptOuts < Resource
      # Lists the numbers that opted out, newest first.
      #
      # @param to [String, nil] only this number
      # @param limit [Integer, nil] the most rows of a page: 20 unless given, at most 100
      # @param cursor [String, nil] the next_cursor of an earlier page
      # @return [Page<OptOut>]
      def list(to: nil, limit: nil, cursor: nil, **options)
        page(OptOut, "/opt-outs", query: { to:, limit:, cursor: }, options:)
      end

      # Opts a number out.
      #
      # @param number [String] in E.164 format
      # @return [OptOut]
      def put(number, **options)
        call(OptOut, "PUT", "/opt-outs/{number}", ids: { number: }, options:)
      end

      # Lets a number get messages again.
      #
      # @param number [String] in E.164 format
      # @return [OptOut] what was removed
      # @raise [NotFoundError] when the number has not opted out
      def delete(number, **options)
        call(OptOut, "DELETE", "/opt-outs/{number}", ids: { number: }, options:)
      end
    end

    # Messages and credits: `client.usage`.
    class Usage < Resource
      # Gets a report of at most 92 days.
      #
      # @param from [Date, String, nil] the first day (UTC): 29 days before the last unless given
      # @param to [Date, String, nil] the last day (UTC): today unless given
      # @param group_by [Array<String>, nil] "day", "country", "channel"; "day" unless given
      # @return [SysSecure::Usage]
      def get(from: nil, to: nil, group_by: nil, **options)
        query = { from: Wire.day(from), to: Wire.day(to), group_by: }

        call(SysSecure::Usage, "GET", "/usage", query:, options:)
      end
    end

    # Codes sent and verified: `client.analytics`.
    class Analytics < Resource
      # Gets a report of at most 92 days.
      #
      # @param from [Date, String, nil] the first day (UTC): 29 days before the last unless given
      # @param to [Date, String, nil] the last day (UTC): today unless given
      # @param group_by [Array<String>, nil] "day", "country", "prefix", "channel", "carrier", "template"; "country"
      #   unless given
      # @param country [String, nil] only codes to numbers of this country, by its ISO 3166-1 code
      # @param channel [String, nil] only what was sent on this channel
      # @param carrier [String, nil] only what was sent over this carrier, by its name on the server
      # @param template [String, nil] only codes with this template, by its id; "built-in" for the built-in text
      # @return [SysSecure::Conversion]
      def conversion(from: nil, to: nil, group_by: nil, country: nil, channel: nil, carrier: nil, template: nil,
                     **options)
        query = { from: Wire.day(from), to: Wire.day(to), group_by:, country:, channel:, carrier:, template: }

        call(SysSecure::Conversion, "GET", "/analytics/conversion", query:, options:)
      end
    end
  end
end
