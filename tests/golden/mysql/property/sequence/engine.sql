-- expect: sequence s engine: InnoDB -> MyISAM
-- reference
create sequence s engine = innodb;
-- candidate
create sequence s engine = myisam;
