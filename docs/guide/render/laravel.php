<?php
// Prints what a migration of Laravel sends, and sends nothing: php render.php FILE
require __DIR__ . '/vendor/autoload.php';
$at = parse_url(getenv('URL'));
$driver = str_starts_with($at['scheme'], 'postgres') ? 'pgsql' : 'mysql';
$manager = new Illuminate\Database\Capsule\Manager;
$manager->addConnection(['driver' => $driver, 'host' => $at['host'], 'port' => $at['port'] ?? null, 'database' => ltrim($at['path'], '/'),
    'username' => $at['user'] ?? '', 'password' => $at['pass'] ?? '', 'charset' => $driver === 'pgsql' ? 'utf8' : 'utf8mb4']);
$connection = $manager->getConnection();
$container = $manager->getContainer();
$container->instance('db', $manager->getDatabaseManager());
$container->bind('db.schema', fn () => $connection->getSchemaBuilder());
Illuminate\Support\Facades\Facade::setFacadeApplication($container);
$before = get_declared_classes();
$migration = require $argv[1];
if (!is_object($migration)) {
    $is_one = fn ($class) => is_subclass_of($class, Illuminate\Database\Migrations\Migration::class);
    $made = array_filter(array_diff(get_declared_classes(), $before), $is_one);
    $migration = new (end($made));
}
$literal = fn ($value) => match (true) {
    $value === null => 'null',
    is_bool($value) => $value ? 'true' : 'false',
    is_int($value), is_float($value) => (string) $value,
    default => "'" . str_replace("'", "''", (string) $value) . "'",
};
foreach ($connection->pretend(fn () => $migration->up()) as $one) {
    $values = $one['bindings'];
    $sql = $values ? preg_replace_callback('/\?/', function () use (&$values, $literal) { return $literal(array_shift($values)); }, $one['query']) : $one['query'];
    echo rtrim($sql, "; \n"), ";\n";
}
