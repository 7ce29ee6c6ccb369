-- only on: mariadb since 11.8
-- expect: plugin "DISKS" extra
-- in place
-- candidate
install soname 'disks';
-- cleanup
uninstall soname 'disks';
