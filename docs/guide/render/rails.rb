# Prints what a migration of Rails sends, and sends nothing but questions: ruby render.rb VERSION
require 'active_record'
ActiveRecord::Base.establish_connection(ENV['URL'].sub('postgres:', 'postgresql:').sub('mysql:', 'mysql2:'))
ActiveRecord::Migration.verbose = false
connection = ActiveRecord::Base.connection
connection.singleton_class.prepend(Module.new do
  def execute(sql, *) = /\A\s*(SELECT|SHOW|SET)\b/i.match?(sql) ? super : puts(sql.sub(/;*\s*\z/, ';'))
end)
all = ActiveRecord::MigrationContext.new('m', ActiveRecord::SchemaMigration).migrations
all.find { |one| one.version.to_s == ARGV[0] }.send(:migration).exec_migration(connection, :up)
