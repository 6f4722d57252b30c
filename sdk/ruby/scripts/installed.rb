# frozen_string_literal: true

require "open3"
require "tmpdir"
require_relative "../lib/syssecure/version"

# The gem from DIST, installed into an empty folder.
class Installed
  ROOT = File.expand_path("..", __dir__)
  DIST = File.expand_path(ENV.fetch("DIST", "../../dist"), ROOT)

  # @return [String] the folder in which programs run
  attr_reader :folder

  # Yields an installation that is removed afterwards.
  def self.open
    Dir.mktmpdir { |folder| yield new(folder) }
  end

  def initialize(folder)
    @folder = folder
    run("gem", "install", "--local", "--no-document", "--install-dir", gems, file)
  end

  # @return [String] what the command printed
  # @raise [RuntimeError] when it fails
  def run(*command, input: "", environment: {})
    output, status = Open3.capture2e(variables.merge(environment), *command, stdin_data: input, chdir: folder)
    raise "#{command.join(" ")} failed:\n#{output}" unless status.success?

    output
  end

  # Runs a program that has no other way to the gem than the installation.
  def ruby(program, *arguments, **options)
    run("ruby", "-w", write("program.rb", program), *arguments, **options)
  end

  # @return [String] the path of the file
  def write(name, text)
    File.join(folder, name).tap { |path| File.write(path, text) }
  end

  # @return [Hash{String => String}] the environment of programs
  def variables
    { "GEM_HOME" => gems, "GEM_PATH" => [gems, *Gem.default_path].join(File::PATH_SEPARATOR), "RUBYLIB" => nil,
      "RUBYOPT" => nil, "LANG" => "C.UTF-8" }
  end

  # @return [String] the package
  def file
    File.join(DIST, "syssecure-#{SysSecure::VERSION}.gem")
  end

  private

  def gems
    File.join(folder, "gems")
  end
end
