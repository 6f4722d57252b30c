# frozen_string_literal: true

module SysSecure
  # Writes one line for each attempt and each wait, at level debug, without ids, numbers, codes and bodies.
  #
  # @api private
  class Log
    def initialize(logger)
      @logger = logger
    end

    # Yields, and says how it went.
    def attempt(call, number)
      return yield unless @logger

      began = Connection.now
      begin
        reply = yield
        line(call, number, began, reply.status, reply.request_id)
        reply
      rescue APIStatusError, APIResponseError => e
        line(call, number, began, e.status, e.request_id)
        raise
      rescue APIConnectionError => e
        line(call, number, began, e.class.name.split("::").last, nil)
        raise
      end
    end

    # @param wait [Numeric] seconds
    def retry(number, wait, error)
      return unless @logger

      why = error.is_a?(APIStatusError) ? "status #{error.status}" : error.class.name.split("::").last
      write("retry #{number} in #{wait.round(3)} s after #{why}")
    end

    def inspect
      "#<#{self.class}>"
    end

    private

    def line(call, number, began, outcome, request_id)
      ms = ((Connection.now - began) * 1000).round
      # The path of a raw request may hold a number.
      path = Redaction.numbers("/v2#{call.template}")
      id = request_id && " request_id=#{request_id}"
      write("#{call.method} #{path} #{outcome} #{ms} ms attempt=#{number}#{id}")
    end

    # What was sent was sent: a line that is lost must not make the caller send it again.
    def write(text)
      @logger.debug("syssecure: #{text}")
    rescue StandardError
      nil
    end
  end
end
