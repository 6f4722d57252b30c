# frozen_string_literal: true

module SysSecure
  # The connections that are open and not in use. Many threads share it.
  #
  # @api private
  class Pool
    # More connections than this are not kept.
    MOST = 64
    # A connection that was not used for so many seconds is not used again: something on its way may have dropped it.
    IDLE = 60
    private_constant :MOST, :IDLE

    def initialize
      @lock = Mutex.new
      @idle = []
      @process = Process.pid
      @closed = false
    end

    # Yields a connection that nobody else uses. It is kept only when its response is complete: one that was left in
    # the middle, by an error or by Thread#raise, has an answer to come that the next request would take for its own.
    #
    # @param connect [Proc] makes a connection
    def with(connect)
      connection = take || connect.call
      yield connection
    ensure
      connection&.reusable? ? keep(connection) : connection&.close
    end

    def close
      idle = @lock.synchronize do
        @closed = true
        @idle.slice!(0..)
      end
      idle.each(&:close)
    end

    def inspect
      "#<#{self.class}>"
    end

    private

    # The newest ones first, so that the others grow old and can go.
    def take
      loop do
        connection = @lock.synchronize do
          forget_connections_of_the_parent
          @idle.pop
        end
        return connection if connection.nil? || connection.alive?(IDLE)

        connection.close
      end
    end

    def keep(connection)
      surplus = @lock.synchronize do
        next connection if @closed || connection.process != Process.pid

        @idle.push(connection)
        @idle.shift if @idle.length > MOST
      end
      surplus&.close
    end

    # After a fork two processes have the same sockets, and would read each other's answers.
    def forget_connections_of_the_parent
      return if @process == Process.pid

      @process = Process.pid
      @idle.each(&:abandon)
      @idle.clear
    end
  end
end
