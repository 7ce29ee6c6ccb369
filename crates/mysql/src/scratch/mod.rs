//! Throwaway servers of MySQL and MariaDB, on top of the launcher.
