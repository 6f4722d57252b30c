# frozen_string_literal: true

# Runs every test but those of frameworks, and fails when this folder makes Ruby warn.

module Warning
  def self.warn(text, **)
    raise text if text.include?(File.expand_path("..", __dir__))

    super
  end
end

Dir[File.join(__dir__, "*_test.rb")].sort.each { |path| require path }
