# frozen_string_literal: true

module SysSecure
  module Resources
    # One-time passwords: `client.otp`.
    class OTP < Resource
      # Sends a code, or sends the pending code for the number and purpose again. This method replaces Object#send here;
      # public_send and __send__ are as ever.
      #
      # @param to [String] the phone number in E.164 format
      # @param channels [Array<String>] the channels to try, in this order: "whatsapp", "sms", "telegram", "voice"
      # @param expires_in [Integer, nil] how many seconds the code is valid: 300 unless given, at most 3600
      # @param length [Integer, nil] the digits of the code, 4 to 10: 6 unless given
      # @param template [String, nil] the id of a template
      # @param locale [String, nil] the language of the message, as a BCP 47 tag
      # @param purpose [String, nil] what the code is for, such as "login"; a number has one pending code for each
      # @param metadata [Hash, nil] any JSON object of up to 4 KB, for your own use
      # @param fallback [Hash, nil] `{ after: 30 }`: the seconds without a receipt until the next channel is tried
      # @param client_ip [String, nil] the IP address of your user, for limits
      # @param force_new [Boolean, nil] whether to cancel a pending code and make a new one
      # @param options [Hash] the options of the call, see {Resources}
      # @return [SentOTP]
      # @raise [RateLimitError] when the last code was sent too recently; it has otp_id and retry_after
      # @raise [InvalidPhoneError] when the number cannot be used
      # @raise [InsufficientCreditsError] when the account cannot pay for it
      def send(to:, channels:, expires_in: nil, length: nil, template: nil, locale: nil, purpose: nil, metadata: nil,
               fallback: nil, client_ip: nil, force_new: nil, **options)
        body = {
          to:, channels:, expires_in: Wire.seconds("expires_in", expires_in), length:, template:, locale:, purpose:,
          metadata:, fallback: plan(fallback), client_ip:, force_new:
        }

        call(SentOTP, "POST", "/otp/send", body:, options:)
      end
      alias create send

      # Checks the code that the user entered. A wrong code is no error, but a result that is not valid.
      #
      # @param otp_id [String] the id of the result of send
      # @param code [String] the code as the user entered it
      # @return [Verification]
      # @raise [NotFoundError] when there is no such OTP
      def verify(otp_id:, code:, **options)
        call(Verification, "POST", "/otp/verify", body: { otp_id:, code: }, options:)
      end

      # Gets an OTP with its attempts.
      #
      # @param otp_id [String]
      # @return [SysSecure::OTP]
      # @raise [NotFoundError] when there is no such OTP
      def get(otp_id, **options)
        call(SysSecure::OTP, "GET", "/otp/{otp_id}", ids: { otp_id: }, options:)
      end

      # Lists OTPs, newest first.
      #
      # @param limit [Integer, nil] the most rows of a page: 20 unless given, at most 100
      # @param cursor [String, nil] the next_cursor of an earlier page
      # @param to [String, nil] only those to this number
      # @param channel [String, nil] only those on this channel
      # @param status [String, nil] only those with this status
      # @param country [String, nil] only those to numbers of this country: its ISO 3166-1 code
      # @param carrier [String, nil] only those over this carrier, by its name on the server
      # @param template [String, nil] only those with this template, by its id
      # @param created_after [Time, String, nil] only those created at this time or later
      # @param created_before [Time, String, nil] only those created before this time
      # @param metadata [Hash, nil] only those with these values in their metadata
      # @return [Page<SysSecure::OTP>]
      def list(limit: nil, cursor: nil, to: nil, channel: nil, status: nil, country: nil, carrier: nil, template: nil,
               created_after: nil, created_before: nil, metadata: nil, **options)
        query = {
          limit:, cursor:, to:, channel:, status:, country:, carrier:, template:, created_after:, created_before:,
          metadata:
        }

        page(SysSecure::OTP, "/otp", query:, options:)
      end

      # Sends a pending code again.
      #
      # @param otp_id [String]
      # @param channel [String, nil] the channel to use; without it those of the last send
      # @return [SentOTP]
      # @raise [RateLimitError] when the last code was sent too recently
      def resend(otp_id, channel: nil, **options)
        call(SentOTP, "POST", "/otp/{otp_id}/resend", ids: { otp_id: }, body: { channel: }, options:)
      end

      # Makes a pending code invalid.
      #
      # @param otp_id [String]
      # @return [SysSecure::OTP]
      def cancel(otp_id, **options)
        call(SysSecure::OTP, "POST", "/otp/{otp_id}/cancel", ids: { otp_id: }, options:)
      end

      private

      def plan(fallback)
        return fallback unless fallback.is_a?(Hash)

        fallback.to_h do |name, value|
          [name, name.to_s == "after" ? Wire.seconds("fallback.after", value) : value]
        end
      end
    end
  end
end
