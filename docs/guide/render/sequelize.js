// Prints what a migration of Sequelize sends, and sends nothing: node render.js FILE
const path = require('path');
const {Sequelize} = require('sequelize');
const sequelize = new Sequelize({dialect: require('./config/config').development.dialect});
sequelize.query = async sql => (console.log((sql.query || sql).replace(/;*\s*$/, ';')), []);
require(path.resolve('m', process.argv[2])).up(sequelize.getQueryInterface(), Sequelize);
