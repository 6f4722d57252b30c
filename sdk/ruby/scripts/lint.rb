# frozen_string_literal: true

# Compiles every file with warnings on, and fails when Ruby has one.

ROOT = File.expand_path("..", __dir__)
FILES = Dir[File.join(ROOT, "{lib,test,examples,conformance,scripts}/**/*.rb"), File.join(ROOT, "*.gemspec")].freeze
WARNINGS = []

Warning.singleton_class.prepend(Module.new { def warn(text, **) = WARNINGS << text })
$VERBOSE = true

FILES.each do |file|
  RubyVM::InstructionSequence.compile_file(file)
rescue SyntaxError => e
  WARNINGS << e.message
end
abort(WARNINGS.join) unless WARNINGS.empty?
