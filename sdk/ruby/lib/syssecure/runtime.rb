# frozen_string_literal: true

module SysSecure
  # The clock, chance and patience of a client. A transport with a method runtime brings its own, so that tests neither
  # wait nor depend on the time.
  class Runtime
    # @param now [#call] returns the Time
    # @param random [#call] returns a Float from 0 to 1
    # @param wait [#call] waits for the given seconds
    def initialize(now: -> { Time.now }, random: -> { Random.rand }, wait: ->(seconds) { sleep(seconds) })
      @now = now
      @random = random
      @wait = wait
      freeze
    end

    # @return [Time]
    def now
      @now.call
    end

    # @return [Float]
    def random
      @random.call
    end

    # @param seconds [Numeric]
    def wait(seconds)
      @wait.call(seconds)
    end
  end
end
