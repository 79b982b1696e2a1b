#pragma once

/// The names of the firmware contract, which devices in the field depend on. Here and nowhere else.
namespace fwctl::firmware::wire {

inline constexpr const char* firmware = "firmware";
inline constexpr const char* patch_id = "patchId";
inline constexpr const char* patch_id_value = "Firmware update";

inline constexpr const char* version = "fwVersion";
inline constexpr const char* package_uri = "fwPackageURI";
inline constexpr const char* check_value = "fwPackageCheckValue";

inline constexpr const char* current_version = "currentFwVersion";
inline constexpr const char* pending_version = "pendingFwVersion";
inline constexpr const char* status = "fwUpdateStatus";
inline constexpr const char* status_current = "current";
inline constexpr const char* status_error = "error";
inline constexpr const char* status_rolled_back = "rolledback";
inline constexpr const char* substatus = "fwUpdateSubstatus";
inline constexpr const char* last_start_time = "lastFwUpdateStartTime";
inline constexpr const char* last_end_time = "lastFwUpdateEndTime";

}  // namespace fwctl::firmware::wire
