# frozen_string_literal: true

module SysSecure
  module Resources
    # SMS: `client.sms`.
    class SMS < Resource
      # Sends a text. This method replaces Object#send here; public_send and __send__ are as ever.
      #
      # @param to [String] the phone number in E.164 format
      # @param body [String] the text, up to 1600 characters
      # @param from [String, nil] the sender: a number, a short code, or a name of up to 11 characters
      # @param scheduled_at [Time, String, nil] when to send it, at most 30 days ahead
      # @param callback_url [String, nil] the URL to which this message's events are posted
      # @param metadata [Hash, nil] any JSON object of up to 4 KB, for your own use
      # @param options [Hash] the options of the call, see {Resources}
      # @return [SentSMS]
      # @raise [InvalidPhoneError] when the number cannot be used
      # @raise [InsufficientCreditsError] when the account cannot pay for it
      def send(to:, body:, from: nil, scheduled_at: nil, callback_url: nil, metadata: nil, **options)
        fields = { to:, body:, from:, scheduled_at:, callback_url:, metadata: }

        call(SentSMS, "POST", "/sms/send", body: fields, options:)
      end
      alias create send
    end

    # Messages of all channels: `client.messages`.
    class Messages < Resource
      # Gets a message with its attempts.
      #
      # @param message_id [String]
      # @return [Message]
      # @raise [NotFoundError] when there is no such message
      def get(message_id, **options)
        call(Message, "GET", "/messages/{message_id}", ids: { message_id: }, options:)
      end

      # Lists messages, newest first.
      #
      # @param limit [Integer, nil] the most rows of a page: 20 unless given, at most 100
      # @param cursor [String, nil] the next_cursor of an earlier page
      # @param to [String, nil] only those to this number
      # @param channel [String, nil] only those on this channel
      # @param status [String, nil] only those with this status
      # @param country [String, nil] only those to numbers of this country: its ISO 3166-1 code
      # @param carrier [String, nil] only those over this carrier, by its name on the server
      # @param created_after [Time, String, nil] only those created at this time or later
      # @param created_before [Time, String, nil] only those created before this time
      # @param metadata [Hash, nil] only those with these values in their metadata
      # @return [Page<Message>]
      def list(limit: nil, cursor: nil, to: nil, channel: nil, status: nil, country: nil, carrier: nil,
               created_after: nil, created_before: nil, metadata: nil, **options)
        query = {
          limit:, cursor:, to:, channel:, status:, country:, carrier:, created_after:, created_before:, metadata:
        }

        page(Message, "/messages", query:, options:)
      end

      # Calls a scheduled message off.
      #
      # @param message_id [String]
      # @return [Message]
      def cancel(message_id, **options)
        call(Message, "POST", "/messages/{message_id}/cancel", ids: { message_id: }, options:)
      end
    end

    # Texts that phones sent: `client.inbound`.
    class Inbound < Resource
      # Lists the texts of the last seven days, newest first.
      #
      # @param limit [Integer, nil] the most rows of a page: 20 unless given, at most 100
      # @param cursor [String, nil] the next_cursor of an earlier page
      # @param from [String, nil] only those from this number
      # @param to [String, nil] only those to this number, short code or name
      # @param received_after [Time, String, nil] only those received at this time or later
      # @param received_before [Time, String, nil] only those received before this time
      # @return [Page<InboundMessage>]
      def list(limit: nil, cursor: nil, from: nil, to: nil, received_after: nil, received_before: nil, **options)
        query = { limit:, cursor:, from:, to:, received_after:, received_before: }

        page(InboundMessage, "/inbound", query:, options:)
      end
    end

    # Phones and time of the sandbox, for keys that begin with sk_test_: `client.sandbox`.
    class Sandbox < Resource
      # Lists the messages that sandbox phones received, newest first. There is one page.
      #
      # @param to [String, nil] only those to this number
      # @param limit [Integer, nil] the most rows: 20 unless given, at most 100
      # @return [Page<SandboxMessage>]
      def messages(to: nil, limit: nil, **options)
        page(SandboxMessage, "/sandbox/messages", query: { to:, limit: }, options:)
      end

      # Moves the sandbox's clock, so that codes expire and scheduled messages leave.
      #
      # @param advance [Integer, String, nil] how far, in seconds or as a text such as "5m"; at most 720 hours in all
      # @param reset [Boolean, nil] whether to end what is pending and to set the clock back to real time first
      # @return [SandboxClock]
      def clock(advance: nil, reset: nil, **options)
        advance = "#{Wire.seconds("advance", advance)}s" unless advance.nil? || advance.is_a?(String)

        call(SandboxClock, "POST", "/sandbox/clock", body: { advance:, reset: }, options:)
      end

      # Lets a message of the sandbox end as you say, as if its carrier had sent a receipt.
      #
      # @param message_id [String] the id of the message, also of one with a code
      # @param status [String] "delivered", "read" or "failed"
      # @param reason [String, nil] why it failed; "unreachable" by default
      # @return [Message]
      # @raise [BadRequestError] when its status cannot change any more
      def force_outcome(message_id, status:, reason: nil, **options)
        body = { status:, reason: }

        call(Message, "POST", "/sandbox/messages/{message_id}/outcome", ids: { message_id: }, body:, options:)
      end

      # Removes messages from the sandbox's inbox. Codes and messages themselves stay.
      #
      # @param to [String, nil] only those to this number
      # @return [ClearedInbox]
      def clear(to: nil, **options)
        call(ClearedInbox, "DELETE", "/sandbox/messages", query: { to: }, options:)
      end
    end
  end
end
