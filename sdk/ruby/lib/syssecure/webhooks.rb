# frozen_string_literal: true

module SysSecure
  # Checks that webhooks come from your server. It needs no client.
  #
  #     event = SysSecure::Webhooks.construct_event(request.raw_post, request.headers["X-SysSecure-Signature"], secret)
  module Webhooks
    # The name of the header with the signature.
    HEADER = "X-SysSecure-Signature"
    # The seconds by which the time of a signature may differ from now.
    TOLERANCE = 300
    TIMESTAMP = /\A[0-9]{1,12}\z/
    SIGNATURE = /\A[0-9a-fA-F]{64}\z/
    private_constant :TIMESTAMP, :SIGNATURE

    module_function

    # Checks the signature of a webhook.
    #
    # @param payload [String] the raw body of the request
    # @param header [String, nil] the value of the header X-SysSecure-Signature
    # @param secret [String, Array<String>] the endpoint's secret, or several while one replaces the other
    # @param tolerance [Numeric] the seconds by which its time may differ from now, in both directions
    # @param now [Time] the time to compare with, for tests
    # @return [true]
    # @raise [WebhookSignatureError] when it does not match; its reason says why
    # @raise [ConfigurationError] when an argument cannot be right, such as a body that was parsed already
    def verify(payload, header, secret, tolerance: TOLERANCE, now: Time.now)
      payload = raw(payload)
      secrets = secrets(secret)
      Check.duration("tolerance", tolerance)
      timestamp, signatures = parse(header)

      unless match?("#{timestamp}.".b + payload, secrets, signatures)
        refuse("no_match", "no signature of the webhook matches: check that the secret is the endpoint's, and the " \
                           "payload the raw body")
      end
      return true if (now.to_r - timestamp.to_i).abs <= tolerance

      refuse("timestamp_out_of_range", "the webhook was signed more than #{tolerance} s before or after now")
    end

    # Checks the signature of a webhook, and returns its event.
    #
    # @param payload [String] as in verify
    # @param header [String, nil] as in verify
    # @param secret [String, Array<String>] as in verify
    # @param tolerance [Numeric] as in verify, in seconds
    # @param now [Time] as in verify
    # @return [Event]
    # @raise [WebhookSignatureError] as in verify, and with the reason invalid_payload when the body is no event
    # @raise [ConfigurationError] as in verify
    def construct_event(payload, header, secret, tolerance: TOLERANCE, now: Time.now)
      verify(payload, header, secret, tolerance:, now:)

      event = decode(payload)
      refuse("invalid_payload", "the body of the webhook is no JSON object") unless event.is_a?(Hash)
      refuse("invalid_payload", "the body of the webhook has no field event") if event["event"].nil?

      Event.new(event)
    rescue WrongType => e
      refuse("invalid_payload", "the body of the webhook is not as expected: #{e.message}")
    end

    # Signs a payload as the server does, for tests of your receiver.
    #
    # @param payload [String] the raw body
    # @param secret [String] the endpoint's secret
    # @param timestamp [Integer] the time of the signature, in Unix seconds
    # @return [String] the value of the header X-SysSecure-Signature
    # @raise [ConfigurationError] when an argument cannot be right
    def sign(payload, secret, timestamp = Time.now.to_i)
      signed = "#{timestamp.to_i}.".b + raw(payload)

      "t=#{timestamp.to_i},v1=#{OpenSSL::HMAC.hexdigest("SHA256", secrets(secret).first, signed)}"
    end

    def raw(payload)
      return payload.b if payload.is_a?(String)

      raise ConfigurationError, "the payload must be the raw body as a String, not a #{payload.class}: in Rails " \
                                "request.raw_post, in Rack request.body.read, before anything parses it"
    end

    def secrets(secret)
      secrets = secret.is_a?(Array) ? secret : [secret]
      return secrets if !secrets.empty? && secrets.all? { |one| one.is_a?(String) && !one.empty? }

      raise ConfigurationError, "secret is missing or empty: pass the secret of the webhook endpoint"
    end

    # @return [Array] the text of the time, and the signatures
    def parse(header)
      header = "" if header.nil?
      raise ConfigurationError, "header must be a String, not a #{header.class}" unless header.is_a?(String)

      header = header.b
      refuse("missing_header", "the webhook has no header #{HEADER}") if header.strip.empty?

      parts = header.split(",").map { |part| part.split("=", 2).map(&:strip) }
      times = parts.filter_map { |name, value| value.to_s if name == "t" }
      unless times.length == 1 && times.first.match?(TIMESTAMP)
        refuse("malformed_header", "the header #{HEADER} has no valid time")
      end

      signatures = parts.filter_map { |name, value| value.to_s if name == "v1" }
      refuse("no_signature", "the header #{HEADER} has no signature v1") if signatures.empty?

      [times.first, signatures.grep(SIGNATURE)]
    end

    # Compares with every secret and every signature, so that the time does not say which one matched.
    def match?(signed, secrets, signatures)
      secrets.reduce(false) do |matched, secret|
        expected = OpenSSL::HMAC.digest("SHA256", secret, signed)
        signatures.reduce(matched) do |already, signature|
          OpenSSL.fixed_length_secure_compare([signature].pack("H*"), expected) | already
        end
      end
    end

    # @return [Object, nil] nil when the payload is no JSON
    def decode(payload)
      text = payload.dup.force_encoding(Encoding::UTF_8)

      JSON.parse(text, freeze: true) if text.valid_encoding?
    rescue JSON::ParserError
      nil
    end

    def refuse(reason, text)
      raise WebhookSignatureError.new(text, reason:)
    end

    private_class_method :raw, :secrets, :parse, :match?, :decode, :refuse
  end
end
