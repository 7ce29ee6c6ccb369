// Prints what a migration of TypeORM sends, and sends nothing: node render.js FILE
const path = require('path');
const runner = require('./ds').default.createQueryRunner();
runner.query = async sql => (console.log(sql.replace(/;*\s*$/, ';')), []);
const [Migration] = Object.values(require(path.resolve('m', process.argv[2])));
new Migration().up(runner);
